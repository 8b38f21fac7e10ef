"""spcl/analysis/maps"""
