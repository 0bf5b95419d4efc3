"""The design values: `styles/tokens.yaml` in; colours, type, page geometry and the look of drawings out."""
