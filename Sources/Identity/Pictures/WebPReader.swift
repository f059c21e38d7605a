/// WebP, RFC 9649: a RIFF container of chunks.
enum WebPReader {
    /// Bits of `VP8X` (§2.7): transparency may stay said; animation is refused.
    private static let (alpha, animation): (UInt8, UInt8) = (0x10, 0x02)

    static func read(_ bytes: [UInt8]) throws(PictureFile.Fault) -> PlainPicture {
        var rest = PictureBytes(bytes)
        _ = try rest.take(4)
        let size = try rest.littleEndian(4)
        // What lies behind the end is no picture.
        guard size >= 4, size <= rest.remaining else { throw .damaged }
        var chunks = PictureBytes(try rest.take(size))
        _ = try chunks.take(4)
        var canvas: (width: Int, height: Int)?
        var picture: (width: Int, height: Int)?
        var plain: [UInt8] = []
        while chunks.remaining > 0 {
            let type = try chunks.text(4)
            let length = try chunks.littleEndian(4)
            var content = try chunks.take(length)
            if length % 2 == 1, chunks.remaining > 0 { _ = try chunks.take(1) }
            switch type {
            case "VP8X":
                guard plain.isEmpty, length == 10, let flags = content.first else { throw .damaged }
                guard flags & animation == 0 else { throw .animated }
                canvas = try Self.canvas(content)
                content[0] = flags & alpha
            case "ALPH": guard canvas != nil, picture == nil else { throw .damaged }
            case "VP8 ", "VP8L":
                guard picture == nil else { throw .damaged }
                picture = type == "VP8L" ? try lossless(content) : try lossy(content)
            case "ANIM", "ANMF": throw .animated
            default: continue
            }
            plain += Array(type.utf8)
            plain.appendLittleEndian(length, 4)
            plain += content + (length % 2 == 1 ? [0] : [])
        }
        guard let picture, canvas == nil || canvas?.width == picture.width && canvas?.height == picture.height else {
            throw .damaged
        }
        var whole = Array("RIFF".utf8)
        whole.appendLittleEndian(plain.count + 4, 4)
        return PlainPicture(
            width: picture.width, height: picture.height, bytes: whole + Array("WEBP".utf8) + plain)
    }

    /// §2.7: 24 bits each, less one.
    private static func canvas(_ content: [UInt8]) throws(PictureFile.Fault) -> (width: Int, height: Int) {
        var rest = PictureBytes(content)
        _ = try rest.take(4)
        return (try rest.littleEndian(3) + 1, try rest.littleEndian(3) + 1)
    }

    /// A key frame of RFC 6386 §9.1.
    private static func lossy(_ content: [UInt8]) throws(PictureFile.Fault) -> (width: Int, height: Int) {
        var rest = PictureBytes(content)
        guard try rest.byte() & 1 == 0 else { throw .damaged }
        _ = try rest.take(2)
        guard try rest.take(3) == [0x9D, 0x01, 0x2A] else { throw .damaged }
        return (try rest.littleEndian(2) & 0x3FFF, try rest.littleEndian(2) & 0x3FFF)
    }

    /// §3.4: 14 bits each, less one.
    private static func lossless(_ content: [UInt8]) throws(PictureFile.Fault) -> (width: Int, height: Int) {
        var rest = PictureBytes(content)
        guard try rest.byte() == 0x2F else { throw .damaged }
        let bits = try rest.littleEndian(4)
        // The version, which is 0.
        guard bits >> 29 == 0 else { throw .damaged }
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    }
}
