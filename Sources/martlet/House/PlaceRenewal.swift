import Logging
import OAuth
import Places

extension Settings {
    /// `nil` when no file is named: then no place is known.
    func placeBook() throws(CommandRefusal) -> PlaceBook? {
        guard let path = placesDatabase else { return nil }
        do throws(PlacesFault) {
            return try PlaceBook(path)
        } catch {
            throw CommandRefusal("\(PlainText.escaped(error.description)); see the setting places.database")
        }
    }
}

extension PlaceBook {
    /// A file that cannot be used is told in the log, and the one in use stays.
    func renew(_ logger: Logger) {
        do throws(PlacesFault) {
            try reload()
            logger.notice("database of places read again")
        } catch {
            logger.error("places cannot be read again; what was known stays", metadata: ["fault": "\(error)"])
        }
    }
}
