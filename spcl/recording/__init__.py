"""spcl/recording"""
