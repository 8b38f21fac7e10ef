"""dashboard/data"""
