module hiberlet.io/sdk

go 1.26
