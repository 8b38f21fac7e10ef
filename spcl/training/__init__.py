"""spcl/training"""
