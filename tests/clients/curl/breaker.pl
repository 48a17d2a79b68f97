#!/usr/bin/perl
# breaker.pl: a real server that ends its answers badly, for what nginx never
# does by itself. Prints its port, then answers until its stdin ends. A process
# for each connection; what it does follows from the path.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);

my $body = '0123456789' x 100;
my $type = "Date: now\r\nContent-Type: text/plain\r\n";
my $head = "HTTP/1.1 200 OK\r\n${type}Content-Length: 1000\r\n\r\n";
my $chunked = "HTTP/1.1 200 OK\r\n${type}Transfer-Encoding: chunked\r\n\r\n";

# What is sent, and how it ends.
my %answers = (
    '/stall' => ['', 'stall'],
    '/stall-middle' => [$head . substr($body, 0, 300), 'stall'],
    '/reset-middle' => [$head . substr($body, 0, 300), 'reset'],
    '/truncated' => [$head . substr($body, 0, 300), 'close'],
    '/truncated-chunks' => [$chunked . "a\r\n0123456789\r\n", 'close'],
    '/bad-chunk' => [$chunked . "a\r\n0123456789\r\nxyz\r\n", 'close'],
    '/garbage' => ["This is no HTTP.\r\n\r\n", 'close'],
    '/nothing' => ['', 'close'],
);

sub answer
{
    my ($client) = @_;
    my $request = '';
    while ($request !~ /\r\n\r\n/) {
        sysread $client, $request, 4096, length $request or return;
    }
    my ($path) = $request =~ m{^\S+ (\S+)};
    my ($bytes, $end) = @{ $answers{$path} // $answers{'/nothing'} };
    syswrite $client, $bytes if length $bytes;
    # Until the client goes.
    sysread $client, my $rest, 4096 if $end eq 'stall';
    return if $end ne 'reset';
    # What was sent shall be there before the reset is.
    select undef, undef, undef, 0.05;
    setsockopt $client, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
}

my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', Listen => 64, ReuseAddr => 1) or die;
$SIG{CHLD} = 'IGNORE';
$| = 1;
print $server->sockport, "\n";
my $either = IO::Select->new($server, \*STDIN);
while (my @ready = $either->can_read) {
    last if grep { $_ == \*STDIN } @ready;
    my $client = $server->accept or next;
    my $child = fork // die;
    if ($child == 0) {
        answer($client);
        close $client;
        exit 0;
    }
    close $client;
}
