"""What is known of a parcel from its ancestry: where its goods may come from, and how much."""
