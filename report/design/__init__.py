"""Design values from `styles/tokens.yaml`: colours, type, page geometry and the look of drawings."""
