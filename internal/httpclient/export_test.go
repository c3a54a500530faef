package httpclient

// OwnTransport is what a Client sends with unless it is given a transport.
var OwnTransport = ownTransport
