"""What AWS has where: regions, zones, instance classes, services."""
