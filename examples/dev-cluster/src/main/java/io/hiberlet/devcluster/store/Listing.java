package io.hiberlet.devcluster.store;

import com.google.gson.JsonObject;
import java.util.NavigableMap;

/**
 * The objects of one collection at one moment. The trees are shared: nobody may modify them.
 *
 * @param revision the moment
 */
public record Listing(long revision, NavigableMap<ObjectKey, JsonObject> objects) {}
