"""spcl/analysis/measures"""
