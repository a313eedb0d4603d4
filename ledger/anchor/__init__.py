"""Anchors: checkpoints recorded on an EVM chain, which checks that history was only appended to."""
