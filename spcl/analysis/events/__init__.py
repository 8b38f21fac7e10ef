"""spcl/analysis/events"""
