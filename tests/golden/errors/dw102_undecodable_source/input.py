# coding: utf-8
name = "ÿ"  # E: DW102
