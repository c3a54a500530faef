package httpclient

// OwnTransport is what a Client sends with unless it is given a transport.
var OwnTransport = ownTransport

// OneLine makes a server's text fit for an error.
var OneLine = oneLine
