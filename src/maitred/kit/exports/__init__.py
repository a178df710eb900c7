"""Tables as files: a small one at once, a large one by a job that tells its owner when it is ready."""
