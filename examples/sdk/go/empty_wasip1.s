// Go wants this file where a function has its body elsewhere.
