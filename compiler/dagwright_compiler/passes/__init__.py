"""Program to program: one pass a module; ``pipeline`` holds their order."""
