"""dashboard/components/feature_map"""
