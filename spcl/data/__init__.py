"""spcl/data"""
