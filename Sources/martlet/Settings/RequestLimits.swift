/// How much, and for how long, a stranger may ask (IN5). Most can be lowered only: their defaults are the most.
struct RequestLimits: Sendable, Equatable {
    var headerBytes = 32_768
    var headerFields = 100
    var bodyBytes = 65_536
    /// Seconds until all headers are here.
    var headerTime: Int64 = 10
    /// Seconds until the whole body is here.
    var bodyTime: Int64 = 20
    /// Seconds until what was written of a reply is taken.
    var replyTime: Int64 = 20
    /// Seconds a connection may be silent between requests.
    var idleTime: Int64 = 60
    var connections = 12_000
    /// Mails with a link or code that one network may ask for in an hour (ML7). A school is one network.
    var mailsPerNetwork = 20
    var mailsPerClient = 100
}
