"""The pipeline from a folder of facts and prose to the finished editions of an annual report, one module a stage."""

__version__ = "0.2.0"
