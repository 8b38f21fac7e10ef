"""spcl/data/streets"""
