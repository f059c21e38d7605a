import CCBOR

/// What stands at one place of a CBOR text: a value that holds no others, or the head of one that does.
enum CBORToken: Sendable {
    case value(CBORValue)
    case array(count: UInt64)
    case map(count: UInt64)
    /// Tags, texts of unknown length, and bytes that are no UTF-8: nothing that WebAuthn writes (CTAP 2.1 §8).
    case refused

    /// The token at the front, and of how many bytes it is; `nil` where there is none, or only a part of one.
    static func first(of bytes: UnsafeBufferPointer<UInt8>) -> (token: CBORToken, count: Int)? {
        guard let start = bytes.baseAddress else { return nil }
        let found = Found()
        var callbacks = Self.callbacks
        let result = cbor_stream_decode(start, bytes.count, &callbacks, Unmanaged.passUnretained(found).toOpaque())
        guard result.status == CBOR_DECODER_FINISHED, let token = found.token,
            result.read > 0, result.read <= bytes.count
        else { return nil }
        return (token, result.read)
    }

    /// Where libcbor's callbacks put what they are called with. They are C functions: whatever they know comes through
    /// the one pointer.
    private final class Found {
        var token: CBORToken?

        static func put(_ token: CBORToken, _ context: UnsafeMutableRawPointer?) {
            guard let context else { return }
            Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().token = token
        }
    }

    /// libcbor's counts are `size_t`, which Swift takes for a number with a sign: above 2^63 they would be negative.
    private static func count(_ count: Int) -> UInt64 { UInt64(UInt(bitPattern: count)) }

    private static func string(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    private static func text(_ bytes: [UInt8]) -> CBORToken {
        String(validating: bytes, as: UTF8.self).map { .value(.text($0)) } ?? .refused
    }

    private static var callbacks: cbor_callbacks {
        cbor_callbacks(
            uint8: { Found.put(.value(.unsigned(UInt64($1))), $0) },
            uint16: { Found.put(.value(.unsigned(UInt64($1))), $0) },
            uint32: { Found.put(.value(.unsigned(UInt64($1))), $0) },
            uint64: { Found.put(.value(.unsigned($1)), $0) },
            negint64: { Found.put(.value(.negative($1)), $0) },
            negint32: { Found.put(.value(.negative(UInt64($1))), $0) },
            negint16: { Found.put(.value(.negative(UInt64($1))), $0) },
            negint8: { Found.put(.value(.negative(UInt64($1))), $0) },
            byte_string_start: { Found.put(.refused, $0) },
            byte_string: { Found.put(.value(.bytes(CBORToken.string($1, $2))), $0) },
            string: { Found.put(CBORToken.text(CBORToken.string($1, $2)), $0) },
            string_start: { Found.put(.refused, $0) },
            indef_array_start: { Found.put(.refused, $0) },
            array_start: { Found.put(.array(count: CBORToken.count($1)), $0) },
            indef_map_start: { Found.put(.refused, $0) },
            map_start: { Found.put(.map(count: CBORToken.count($1)), $0) },
            tag: { context, _ in Found.put(.refused, context) },
            float2: { context, _ in Found.put(.value(.other), context) },
            float4: { context, _ in Found.put(.value(.other), context) },
            float8: { context, _ in Found.put(.value(.other), context) },
            undefined: { Found.put(.value(.other), $0) },
            null: { Found.put(.value(.other), $0) },
            boolean: { Found.put(.value(.bool($1)), $0) },
            indef_break: { Found.put(.refused, $0) })
    }
}
