"""The words of the house: types, tensors, requests, op graphs, errors. Imports no other room."""
