import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** Java's HttpURLConnection and HttpsURLConnection. Modes as in pieces.py. */
public class JavaUrl {
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        for (int i = 1; i < args.length; i++)
            fetch(args[i], args[0].equals("stream"), start);
    }

    static void fetch(String url, boolean stream, long start) throws Exception {
        HttpURLConnection connection =
            (HttpURLConnection) new URL(url).openConnection();
        byte[] buffer = new byte[8192];
        try (InputStream in = connection.getInputStream()) {
            int len;
            while ((len = in.read(buffer)) >= 0) {
                String piece = new String(buffer, 0, len, "ISO-8859-1");
                long ms = (System.nanoTime() - start) / 1000000;
                System.out.print(stream ? ms + " " + piece.trim() + "\n" : piece);
                System.out.flush();
            }
        }
    }
}
