"""The pages: singer, host console, venue screen, API docs. HTML from the server, then everything through the API.

markup     templates that escape          words      what pages say, one table a language
assets     scripts under hashed names     page       one document: head, style, policy, compression
singer     the singer page                own        what this phone has asked for
screen     the venue's screen             address    where phones reach us, as text and as a QR code
kiosk      the singer page on a shared tablet, and its link
plain      welcome, console, API docs     snapshot   the live state for networks that hold streams back
"""
