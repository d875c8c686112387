"""Commands of ``dagwright`` that talk to a cluster, one module each; ``dagwright_compiler.cli.main`` finds them by name."""
