"""Chemical reaction networks across scales, from data."""
