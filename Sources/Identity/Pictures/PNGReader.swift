/// PNG, third edition: a signature, and chunks of which each says its length, type and checksum (§5).
enum PNGReader {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// What makes up the picture. Text, time, places (`eXIf`), colour profiles and frames of animations stay behind.
    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs",
    ]

    static func read(_ bytes: [UInt8]) throws(PictureFile.Fault) -> PlainPicture {
        var rest = PictureBytes(bytes)
        _ = try rest.take(signature.count)
        var plain = signature
        var sides: (width: Int, height: Int)?
        var hasData = false
        while true {
            let length = try rest.bigEndian(4)
            let type = try rest.text(4)
            let content = try rest.take(length)
            let checksum = try rest.take(4)
            // The header comes first, once.
            guard (type == "IHDR") == (sides == nil) else { throw .damaged }
            if type == "IHDR" { sides = try header(content) }
            if type == "IDAT" { hasData = true }
            // A chunk that is needed to show the picture, and that nobody knows.
            guard kept.contains(type) || type.utf8.first.map({ $0 & 0x20 != 0 }) == true else { throw .damaged }
            if kept.contains(type) {
                plain.appendBigEndian(length, 4)
                plain += Array(type.utf8) + content + checksum
            }
            if type == "IEND" { break }
        }
        guard let sides, hasData else { throw .damaged }
        return PlainPicture(width: sides.width, height: sides.height, bytes: plain)
    }

    /// §11.2.2.
    private static func header(_ content: [UInt8]) throws(PictureFile.Fault) -> (width: Int, height: Int) {
        guard content.count == 13 else { throw .damaged }
        var rest = PictureBytes(content)
        let (width, height) = (try rest.bigEndian(4), try rest.bigEndian(4))
        let (depth, colour) = (try rest.byte(), try rest.byte())
        let (compression, filter, interlace) = (try rest.byte(), try rest.byte(), try rest.byte())
        let depths: [UInt8]? =
            switch colour {
            case 0: [1, 2, 4, 8, 16]
            case 3: [1, 2, 4, 8]
            case 2, 4, 6: [8, 16]
            default: nil
            }
        guard depths?.contains(depth) == true, compression == 0, filter == 0, interlace <= 1 else { throw .damaged }
        return (width, height)
    }
}
