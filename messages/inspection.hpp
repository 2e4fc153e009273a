#pragma once

#include "messages/inspection/actions.hpp"
#include "messages/inspection/alarms.hpp"
#include "messages/inspection/audit.hpp"
#include "messages/inspection/look.hpp"
#include "messages/inspection/rows.hpp"
#include "messages/inspection/traces.hpp"
#include "messages/inspection/tree.hpp"
#include "messages/inspection/watch.hpp"

/// What operators ask about the actors of this node, and what they are told.
