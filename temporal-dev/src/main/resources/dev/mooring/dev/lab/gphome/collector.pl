# The collector of a server's log: what the server says on its standard error, as records of Greenplum's CSV form; what
# others say there, such as a restore command, as records of their own.
use strict;
use warnings;
use IO::Handle;
use IO::Select;
use POSIX qw(strftime);
use Time::HiRes qw(time);

my ($directory, $segment) = @ARGV;
my $begun = strftime('%Y-%m-%d_%H%M%S', gmtime);
open(my $log, '>>', "$directory/gpdb-$begun.csv") or exit 1;
$log->autoflush(1);
my ($record, $foreign);

sub quoted {
  my ($text) = @_;
  return '' if $text eq '';
  $text =~ s/"/""/g;
  return "\"$text\"";
}

sub now {
  my $time = time;
  return strftime('%Y-%m-%d %H:%M:%S', gmtime($time)) . sprintf('.%06d UTC', ($time - int $time) * 1e6);
}

sub flushed {
  if (defined $record) {
    my ($time, $zone, $pid, $severity, $text, $detail, $hint) = @$record;
    my $state = $severity eq 'LOG' || $severity eq 'WARNING' ? '00000' : 'XX000';
    print $log "${time}000 $zone,,,p$pid,th-1816742080,,,,0,,,$segment,,,,,", quoted($severity), ',', quoted($state), ',',
      quoted($text), ',', quoted($detail), ',', quoted($hint), ",,,,,0,,\"elog.c\",1,\n";
  }
  if (defined $foreign) {
    print $log now(), ",,,p$$,th-1816742080,,,,0,,,$segment,,,,,\"LOG\",\"00000\",",
      quoted("3rd party error log:\n$foreign"), ",,,,,,,,\"SysLoggerMain\",\"syslogger.c\",618,\n";
  }
  ($record, $foreign) = ();
}

sub heard {
  my ($line) = @_;
  if ($line =~ /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) (\S+) \[(\d+)\] ([A-Z]+):  (.*)$/s) {
    my ($time, $zone, $pid, $severity, $text) = ($1, $2, $3, $4, $5);
    if (defined $record && $severity eq 'DETAIL') {
      $record->[5] = $text;
    } elsif (defined $record && $severity eq 'HINT') {
      $record->[6] = $text;
    } else {
      flushed();
      $record = [$time, $zone, $pid, $severity, $text, '', ''];
    }
  } elsif (defined $record && $line =~ s/^\t//) {
    $record->[4] .= "\n$line";
  } else {
    flushed() if defined $record;
    $foreign = defined $foreign ? "$foreign\n$line" : $line;
  }
}

my $rest = '';
my $input = IO::Select->new(\*STDIN);
while (1) {
  if (!$input->can_read(0.02)) {
    flushed();
    next;
  }
  my $read = sysread(STDIN, $rest, 65536, length $rest);
  last if !defined $read || $read == 0;
  heard($1) while $rest =~ s/^([^\n]*)\n//;
}
heard($rest) if $rest ne '';
flushed();
