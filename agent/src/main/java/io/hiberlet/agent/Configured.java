package io.hiberlet.agent;

import io.hiberlet.agent.admission.Admission;
import io.hiberlet.agent.admission.NodeFacts;
import io.hiberlet.agent.admission.VolumeRules;
import io.hiberlet.agent.cli.Version;
import io.hiberlet.agent.config.AgentConfig;
import io.hiberlet.agent.hostio.HostIoConfig;
import io.hiberlet.agent.hostio.Limits;
import io.hiberlet.agent.hostio.Timeouts;
import io.hiberlet.agent.metrics.AgentMetrics;
import io.hiberlet.agent.module.ArtifactStore;
import io.hiberlet.agent.module.CollectionPolicy;
import io.hiberlet.agent.module.ConfigMapModuleSource;
import io.hiberlet.agent.module.CredentialsVerification;
import io.hiberlet.agent.module.CredentialsVerification.Policy;
import io.hiberlet.agent.module.DiskSpace;
import io.hiberlet.agent.module.FileModuleSource;
import io.hiberlet.agent.module.ImageLimits;
import io.hiberlet.agent.module.ImagePuller;
import io.hiberlet.agent.module.ImageRecords;
import io.hiberlet.agent.module.Images;
import io.hiberlet.agent.module.LoadBudget;
import io.hiberlet.agent.module.ModuleCollector;
import io.hiberlet.agent.module.ModuleLoader;
import io.hiberlet.agent.module.ModuleStore;
import io.hiberlet.agent.module.Modules;
import io.hiberlet.agent.module.PullSecrets;
import io.hiberlet.agent.module.registry.Registries;
import io.hiberlet.agent.packaging.ModuleRules;
import io.hiberlet.agent.pod.ResidentRoom;
import io.hiberlet.node.NodeCapacity;
import io.hiberlet.node.NodeOptions;
import io.hiberlet.node.api.AccessControl;
import io.hiberlet.node.api.NodeContent;
import io.hiberlet.node.api.ServerLimits;
import io.hiberlet.node.api.ServerTls;
import io.hiberlet.node.api.auth.Authenticator;
import io.hiberlet.node.api.auth.AuthorityFile;
import io.hiberlet.node.api.auth.CertificateAuthenticator;
import io.hiberlet.node.api.auth.SubjectAccessReviewAuthorizer;
import io.hiberlet.node.api.auth.TokenReviewAuthenticator;
import io.hiberlet.node.certificate.NodeIdentity;
import io.hiberlet.node.certificate.ServingCertificate;
import io.hiberlet.node.client.ApiServerAccess;
import io.hiberlet.node.client.KubeconfigException;
import io.hiberlet.node.object.PodObjects;
import io.hiberlet.node.stats.NodeGauges;
import io.hiberlet.node.stats.ProcessInfo;
import io.hiberlet.node.status.MachineInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The parts of an agent whose making is nothing but reading its configuration. */
final class Configured {
  static final ServerLimits API_LIMITS = ServerLimits.DEFAULTS;

  private Configured() {}

  static NodeIdentity identity(AgentConfig config, Path data, Clock clock)
      throws IOException, GeneralSecurityException, KubeconfigException {
    return NodeIdentity.open(
        config.node().name(), config.kubeconfig(), config.bootstrapKubeconfig(), data, clock);
  }

  static Admission admission(AgentConfig config) {
    AgentConfig.Node node = config.node();
    return new Admission(
        new NodeFacts(
            node.ip(),
            node.capacity().cpuMillis(),
            node.capacity().memoryBytes(),
            volumeRules(config.volumes())),
        config.runtime().defaultMemoryLimitBytes(),
        config.hibernation().idleAfter());
  }

  /** Without hibernation nobody could make room, so there is no bound. */
  static ResidentRoom residentRoom(AgentConfig config) {
    return new ResidentRoom(
        config.hibernation().enabled() ? config.runtime().residentMemoryBytes() : Long.MAX_VALUE);
  }

  private static VolumeRules volumeRules(AgentConfig.Volumes volumes) {
    return new VolumeRules(
        volumes.emptyDirBytes(),
        volumes.hostPaths().stream()
            .map(each -> new VolumeRules.HostPath(each.path(), each.readOnly()))
            .toList());
  }

  static HostIoConfig hostIo(AgentConfig config, ApiServerAccess access) {
    AgentConfig.Limits limits = config.limits();
    return new HostIoConfig(
        access.server(),
        access.certificateAuthorities(),
        new Limits(
            limits.requestBytes(),
            limits.requestHeadBytes(),
            limits.responseHeadBytes(),
            limits.responseBodyBytes(),
            limits.watchLineBytes(),
            limits.pendingOperations(),
            limits.undeliveredBytes(),
            Limits.DEFAULT.gatheredBytesOfAll()),
        Timeouts.DEFAULT);
  }

  static Modules modules(AgentConfig config, Path data, PodObjects objects) throws IOException {
    AgentConfig.Modules modules = config.modules();
    ModuleStore store =
        new ModuleStore(data.resolve("modules"), modules.maxBytes(), Clock.systemUTC());
    ImageRecords records = new ImageRecords(store.folder());
    return new Modules(
        store,
        images(modules.images(), store, records, objects),
        new ConfigMapModuleSource(objects),
        new FileModuleSource(modules.fileRoot()),
        loader(modules, data, store),
        collector(modules.garbageCollection(), store, records));
  }

  private static Images images(
      AgentConfig.Images images, ModuleStore store, ImageRecords records, PodObjects objects) {
    ImagePuller puller =
        new ImagePuller(
            new Registries(
                Set.copyOf(images.insecureRegistries()),
                images.mirrors(),
                images.registryCaFiles()),
            new ImageLimits(images.maxBytes(), images.pullTimeout()),
            store);
    PullSecrets secrets = new PullSecrets(new NodePullSecrets(objects), images.credentialsFile());
    return new Images(
        puller, records, store, secrets, verification(images.verification()), Clock.systemUTC());
  }

  private static CredentialsVerification verification(AgentConfig.Verification config) {
    Policy policy =
        switch (config.policy()) {
          case "NeverVerify" -> Policy.NEVER_VERIFY;
          case "NeverVerifyAllowlistedImages" -> Policy.NEVER_VERIFY_ALLOWLISTED_IMAGES;
          case "AlwaysVerify" -> Policy.ALWAYS_VERIFY;
          default -> Policy.NEVER_VERIFY_PRELOADED_IMAGES;
        };
    return new CredentialsVerification(policy, Set.copyOf(config.allowlist()));
  }

  private static ModuleCollector collector(
      AgentConfig.GarbageCollection config, ModuleStore store, ImageRecords records) {
    CollectionPolicy policy =
        new CollectionPolicy(
            config.highPercent(), config.lowPercent(), config.minimumAge(), config.maximumAge());
    return new ModuleCollector(
        store, records, policy, DiskSpace.of(store.folder()), Clock.systemUTC());
  }

  private static ModuleLoader loader(AgentConfig.Modules modules, Path data, ModuleStore store)
      throws IOException {
    ModuleRules rules = ModuleRules.of(modules);
    return new ModuleLoader(
        store,
        new ArtifactStore(data.resolve("modules")),
        rules.compiler(),
        rules.limits(),
        LoadBudget.ofThisProcess());
  }

  static NodeOptions node(AgentConfig config, Path data) {
    AgentConfig.Node node = config.node();
    return new NodeOptions(
        node.name(),
        node.ip(),
        node.name(),
        node.labels(),
        new NodeCapacity(
            node.capacity().cpuMillis(), node.capacity().memoryBytes(), node.capacity().pods()),
        node.evictionHard(),
        "v" + Version.current(),
        "hiberlet://" + Version.current(),
        data,
        config.staticPodPath().orElse(null));
  }

  static InetSocketAddress apiAddress(AgentConfig config) {
    return new InetSocketAddress(config.node().ip(), config.node().port());
  }

  static ServerTls apiTls(AgentConfig config, ServingCertificate certificate) throws IOException {
    return new ServerTls(certificate.keyManager(), clientAuthorities(config.api()));
  }

  private static Supplier<List<X509Certificate>> clientAuthorities(AgentConfig.Api api)
      throws IOException {
    if (api.clientCaFile().isEmpty()) {
      return List::of;
    }
    try {
      return new AuthorityFile(api.clientCaFile().get());
    } catch (IOException e) {
      throw new IOException("api.clientCaFile: " + e.getMessage(), e);
    }
  }

  static NodeContent.Pages pages(AgentConfig config, AgentMetrics metrics) {
    String configuration = EffectiveConfiguration.json(config);
    return new NodeContent.Pages(metrics::text, metrics.probes()::text, () -> configuration);
  }

  /** The numbers of this machine, with those of the disk that data is on. */
  static NodeGauges gauges(Path data, LongSupplier imageBytes) {
    Path root = Path.of("/");
    return new NodeGauges(new MachineInfo(root, data), new ProcessInfo(root), imageBytes);
  }

  static AccessControl apiAccess(AgentConfig config, ApiServerAccess access) {
    return new AccessControl(
        Authenticator.firstOf(
            new CertificateAuthenticator(), new TokenReviewAuthenticator(access.client())),
        new SubjectAccessReviewAuthorizer(access.client(), config.node().name()));
  }
}
