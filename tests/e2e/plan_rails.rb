# Runs the migrations and the edited code of a plan with ActiveRecord itself, over SQLite. plan_rails.py makes the folder.
# usage: ruby plan_rails.rb FOLDER
require "active_record"

ActiveRecord::Base.establish_connection(adapter: "sqlite3", database: ":memory:")
ActiveRecord::Migration.verbose = false
ActiveRecord::Schema.define do
  create_table :entries do |t|
    t.bigint :user_id, null: false
    t.integer :state, null: false, default: 0
    t.timestamps
  end
end
old_time = Time.utc(2024, 2, 1)
rows = (0...3000).map { |i| "(#{i % 5}, #{i % 3}, '2024-01-01 00:00:00', '2024-02-01 00:00:00')" }
ActiveRecord::Base.connection.execute("INSERT INTO entries (user_id, state, created_at, updated_at) VALUES #{rows.join(', ')}")

require File.join(ARGV[0], "migrations")
require File.join(ARGV[0], "app/models/entry")
require File.join(ARGV[0], "app/draw")

def check(what, holds)
  return if holds
  warn "wrong: #{what}"
  exit 1
end

AddWonAtToEntries.new.up
2.times { BackfillWonAtOfEntries.new.up }
Entry.reset_column_information
check "old winners have the time", Entry.where(state: 1).where(won_at: old_time).count == 1000
check "nobody else has one", Entry.where.not(won_at: nil).count == 1000
check "updated_at moved", Entry.where(updated_at: old_time).count == 3000

writes = {
  "bang" => ->(e) { e.bang }, "update" => ->(e) { e.update_with("winner") }, "update by symbol" => ->(e) { e.update_with(:winner) },
  "update by number" => ->(e) { e.update_with(1) }, "assign" => ->(e) { e.assign(:winner) }, "column" => ->(e) { e.column },
  "attribute" => ->(e) { e.attribute }, "update_all" => ->(e) { Draw.all(e.user_id, :winner) },
  "update_all of text" => ->(e) { e.update_columns(user_id: 8) && Draw.all_as_text }, "found" => ->(e) { Draw.found(e.id) },
  "SQL" => ->(e) { Draw.sql(e.id) }
}
writes.each_with_index do |(name, write), i|
  entry = Entry.create!(user_id: 100 + i)
  write.call(entry)
  first = entry.reload.won_at
  check "#{name}: a time", entry.winner? && first && first > Time.now - 60
  entry.update_columns(won_at: old_time)
  write.call(entry.reload)
  check "#{name}: written once", entry.reload.won_at == old_time
end
others = { "update" => ->(e) { e.update_with(:loser) }, "assign" => ->(e) { e.assign("loser") }, "update_all" => ->(e) { Draw.all(e.user_id, 2) } }
others.each_with_index do |(name, write), i|
  entry = Entry.create!(user_id: 200 + i)
  write.call(entry)
  check "#{name}: no time for another state", entry.reload.loser? && entry.won_at.nil?
end
check "create", Draw.made("winner").won_at && Draw.made(:loser).won_at.nil?
check "the report", Entry.daily.values.sum == 1000 + writes.size + 1 && Entry.daily["2024-02-01"] == 1000 + writes.size
AddWonAtToEntries.new.down
Entry.reset_column_information
check "undone", !Entry.column_names.include?("won_at")
puts "ActiveRecord #{ActiveRecord.version}: #{writes.size + others.size + 2} writes, 3000 rows filled, undone"
