import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection, from its bytes to requests and back. In the order in which bytes pass: how long
/// replies may wait to be read, how it ends, how long requests may take to arrive, the parser, one request at a
/// time, what a head must be.
struct GuardedChannel: HTTPChannelHandler {
    let responder: Responder
    let limits: ConnectionLimits
    let isSecure: Bool
    let meters: ConnectionMeters
    let doorway: Doorway

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<
        NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    > {
        channel.eventLoop.makeCompletedFuture {
            let ending = ConnectionEnding(isSecure: isSecure)
            let replies = ReplyClock(seconds: limits.replySeconds) { meters.refuse(.replyTime) }
            let clock = ConnectionClock(limits: limits, meters: meters, doorway: doorway)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(replies)
            try pipeline.addHandler(ending)
            try pipeline.addHandler(clock)
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false,
                // The types of our replies hold valid headers only.
                withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoderLimits)
            try pipeline.addHandler(
                RequestPhases(clock: clock, ending: ending, meters: meters, maximumBody: limits.bodyBytes))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            value.channel.pipeline.fireUserInboundEventTriggered(ConnectionClock.Taken())
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }

    private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = limits.headerBytes
        decoder.maxHeaderListSize = limits.headerBytes
        decoder.maxHeaderFieldCount = limits.headerFields
        return decoder
    }
}
