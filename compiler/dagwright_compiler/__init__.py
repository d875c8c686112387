"""The compiler: Python sources in, checked programs and manifests out; imports none of the user's code."""
