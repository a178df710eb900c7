"""The parts behind the verbs of needs, requisitions, candidates, interviews and offers."""
