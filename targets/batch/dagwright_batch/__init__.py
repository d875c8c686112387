"""Target AWS Batch: programs to a plan of array jobs."""
