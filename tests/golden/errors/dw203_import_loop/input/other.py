from flow import double
