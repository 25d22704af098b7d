"""The examples of Yang, Peng, Zhu and Hong (2020), made again by an ordinary user of ratelaw."""
