# Perl's HTTP::Tiny. Modes as in pieces.py.
use strict;
use warnings;
use HTTP::Tiny;
use Time::HiRes qw(time);

my ($mode, @urls) = @ARGV;
my $start = time;
$| = 1;

sub tell_piece {
    my ($piece) = @_;
    my $ms = (time - $start) * 1000;
    $piece =~ s/\s+\z// if $mode eq 'stream';
    printf $mode eq 'stream' ? "%d %s\n" : "%2\$s", $ms, $piece;
}

my $client = HTTP::Tiny->new(verify_SSL => 1);
for my $url (@urls) {
    my $response = $client->get($url, { data_callback => \&tell_piece });
    die "$response->{status} ", $response->{content} // '', "\n"
        unless $response->{success};
}
