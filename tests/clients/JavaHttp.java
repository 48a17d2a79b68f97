import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Java's java.net.http, all non-blocking inside. Modes as in pieces.py. */
public class JavaHttp {
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        for (int i = 1; i < args.length; i++)
            fetch(args[i], args[0].equals("stream"), start);
    }

    static void fetch(String url, boolean stream, long start) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        HttpResponse<InputStream> response = HttpClient.newHttpClient().send(
            request, HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200)
            throw new IOException("status " + response.statusCode());
        byte[] buffer = new byte[8192];
        try (InputStream in = response.body()) {
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
