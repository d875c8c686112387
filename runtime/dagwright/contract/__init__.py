"""What compiler and runtime must agree on: names, exit codes, types, literals, keys, and the shape of the plan.

The compiler may import this package of the runtime and no other. Standard library only, Python 3.9 and newer.
"""
