"""dagwright: typed, Flyte-style Python that compiles to Argo Workflows and AWS Batch."""
