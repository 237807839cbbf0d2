# Faults that the tests have to find: -DLLM_MEC_MUTANT=N builds the agents with the Nth one, and
# contrib/agents/test/kill-mutants goes through all of them.
#
#   mutant(N WHAT FILE FROM TO TESTS...)
#
# In FILE of contrib/agents, FROM becomes TO; FROM has to be there once. Each of TESTS, filters of
# GoogleTest, has to name a test that fails then. FILE itself stays as it is: a copy in the build
# folder is compiled instead.
set(LLM_MEC_MUTANT "" CACHE STRING "Number of a fault to build the agents with, to test the tests")
mark_as_advanced(LLM_MEC_MUTANT)

function(mutant number what file from to)
  if(NOT "${LLM_MEC_MUTANT}" STREQUAL "${number}")
    return()
  endif()
  set(original ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
  file(READ ${original} text)
  string(REPLACE "${from}" "" rest "${text}")
  string(LENGTH "${text}" length)
  string(LENGTH "${rest}" rest_length)
  string(LENGTH "${from}" from_length)
  math(EXPR removed "${length} - ${rest_length}")
  if(NOT removed EQUAL from_length)
    message(FATAL_ERROR "mutant ${number}: ${file} has to have this once: ${from}")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  get_filename_component(folder ${original} DIRECTORY)
  get_filename_component(name ${original} NAME)
  set(copy ${CMAKE_CURRENT_BINARY_DIR}/mutant/${name})
  file(WRITE ${copy} "${text}")
  set_source_files_properties(${copy} PROPERTIES INCLUDE_DIRECTORIES ${folder})
  get_target_property(sources agents-learning SOURCES)
  list(REMOVE_ITEM sources ${file})
  set_target_properties(agents-learning PROPERTIES SOURCES "${sources};${copy}")
  list(JOIN ARGN "\n" tests)
  file(WRITE ${CMAKE_BINARY_DIR}/mutant-what "${what}\n")
  file(WRITE ${CMAKE_BINARY_DIR}/mutant-tests "${tests}\n")
endfunction()

mutant(1 "imagination runs against the policy (pathwise)"
  learning/imagination.cc
  "return {-(trust * m_settings"
  "return {-(-trust * m_settings"
  Discounts/ImaginationOf.FollowsTheGradientOfTheReturn/0
  Models/LearnsBanditInImagination.AndNotWithoutIt/Factored
  Models/LearnsBanditInImagination.AndNotWithoutIt/Rssm
  Models/LearnsToLookAheadInImagination.AndNotWithoutIt/Factored)
mutant(2 "imagination teaches nothing (pathwise)"
  learning/imagination.cc
  "return {-(trust * m_settings"
  "return {-(0 * trust * m_settings"
  Discounts/ImaginationOf.FollowsTheGradientOfTheReturn/0
  Models/LearnsBanditInImagination.AndNotWithoutIt/Factored
  Models/LearnsBanditInImagination.AndNotWithoutIt/Rssm
  Models/LearnsToLookAheadInImagination.AndNotWithoutIt/Factored)
mutant(3 "imagination runs against the policy (41)"
  learning/imagination.cc
  "loss = loss - ((sum - values[t])"
  "loss = loss + ((sum - values[t])"
  Discounts/ImaginationOf.ScoresActionsByEquation41/0
  Models/LearnsBanditInImagination.AndNotWithoutIt/FactoredScore
  Models/LearnsBanditInImagination.AndNotWithoutIt/RssmScore
  Models/LearnsToLookAheadInImagination.AndNotWithoutIt/FactoredScore)
mutant(4 "imagination teaches nothing (41)"
  learning/imagination.cc
  "return {m_settings.imaginationWeight / static_cast<double>(m_horizon) * loss, sum}"
  "return {0 * loss, sum}"
  Discounts/ImaginationOf.ScoresActionsByEquation41/0
  Models/LearnsBanditInImagination.AndNotWithoutIt/FactoredScore
  Models/LearnsBanditInImagination.AndNotWithoutIt/RssmScore
  Models/LearnsToLookAheadInImagination.AndNotWithoutIt/FactoredScore)
mutant(5 "inverse variances upside down"
  learning/world-model-ppo.cc
  "return (prediction.nextVariance + LEAST_VARIANCE)"
  "return (prediction.variance + LEAST_VARIANCE)"
  Models/MixedTarget.IsEquation36/1
  WorldModelPpo.LearnsAModelThatMakesTargetsBetter)
mutant(6 "mixed targets with the wrong sign"
  learning/world-model-ppo.cc
  "rollout.rewards + GetMixWeights(prediction)"
  "rollout.rewards - GetMixWeights(prediction)"
  Models/MixedTarget.IsEquation36/0
  Models/MixedTarget.IsEquation36/1
  WorldModelPpo.LearnsAModelThatMakesTargetsBetter)
mutant(7 "the model's target halved"
  learning/world-model-ppo.cc
  "prediction.targets = rewards.mean(0) + next.mean(0);"
  "prediction.targets = 0.5 * (rewards.mean(0) + next.mean(0));"
  Models/MixedTarget.IsEquation36/0
  WorldModelPpo.LearnsAModelThatMakesTargetsBetter)
mutant(8 "the model's half of (36) goes on after the end"
  learning/world-model-ppo.cc
  "values.push_back(needsNext ? m_settings.gamma * continues *"
  "values.push_back(needsNext ? m_settings.gamma *"
  Models/MixedTarget.IsEquation36/0
  Models/MixedTarget.IsEquation36/3)
mutant(9 "the skill goes on after the end"
  learning/world-model-ppo.cc
  "targets = targets + m_settings.gamma * continues *"
  "targets = targets + m_settings.gamma *"
  WorldModelPpo.TrustKnowsThatNothingComesAfterTheEnd)
mutant(10 "both advantages have the same other actions"
  learning/world-model-ppo.cc
  "const at::Tensor seen = truth - predictOthers();"
  "const at::Tensor seen = truth - (predict(rollout.actions) - predicted);"
  Discounts/TrustIn.NothingThatIsLearnedFromPermutedActions/0)
mutant(11 "the skill is sure of everything"
  learning/action-skill.cc
  "return (mean > 1 ? 1 / mean : mean) - GetDeviation();"
  "return mean;"
  ActionSkill.IsSureOnlyOfWhatIsRightInSizeAndBeyondChance
  Discounts/TrustIn.NothingThatIsLearnedFromPermutedActions/2)
mutant(12 "the rest of an epoch is not learned from"
  learning/ppo.cc
  "for (int64_t from = 0; from < n; from += m_settings.minibatch)"
  "for (int64_t from = 0; from + m_settings.minibatch <= n; from += m_settings.minibatch)"
  Ppo.LearnsByItsEquations
  Ppo.TakesTwentyStepsWithThePapersNumbers)
mutant(13 "minibatches are twice as large"
  learning/ppo.cc
  "std::min(n, from + m_settings.minibatch)"
  "std::min(n, from + 2 * m_settings.minibatch)"
  Ppo.LearnsByItsEquations)
mutant(14 "the critic has the actor's learning rate"
  learning/ppo.cc
  "settings.criticLearningRate > 0 ?"
  "settings.criticLearningRate < 0 ?"
  Ppo.LearnsByItsEquations)
mutant(15 "permuted actions keep their places"
  learning/world-model-ppo.cc
  "order[sequence[i]] = sequence[(i + 1) % n];"
  "order[sequence[i]] = sequence[i];"
  WorldModelSkill.WithPermutedActionsIsTheShareOfTheFeatures
  Discounts/TrustIn.NothingThatIsLearnedFromPermutedActions/0)
mutant(16 "stretches begin before their first step"
  learning/stretches.cc
  "uint64_t step = first + random.Choose(kept);"
  "uint64_t step = experience.GetOldest() + random.Choose(kept);"
  Stretches.BeginAtTheFirstStepOrLater)
mutant(17 "stretches have steps without a reward"
  learning/stretches.cc
  "experience.IsClosed(step) && experience.GetEnd(step)"
  "experience.GetEnd(step)"
  Stretches.HaveOnlyStepsWhoseRewardIsKnown)
mutant(18 "streams are mixed up when the model follows them"
  learning/stream-grid.cc
  "static_cast<int64_t>(slot) * streams + i;"
  "static_cast<int64_t>(slot) + i * slots;"
  StreamGrid.PutsStreamsSideBySide)
mutant(19 "imagination ends without the value of its last state"
  learning/imagination.cc
  "sum = sum + discount * m_critic.Forward(state.observation, isFrozen).squeeze(1);"
  "static_cast<void>(isFrozen);"
  Discounts/ImaginationOf.FollowsTheGradientOfTheReturn/2)
mutant(20 "the first episode learns from rewards as they are (on policy)"
  learning/ppo.cc
  "    RenewRewardNormaliser();\n    {"
  "    {"
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/ppo
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/worldmodelppo)
mutant(21 "the first episode learns from rewards as they are (replay)"
  learning/replay-learner.cc
  "    RenewRewardNormaliser();\n"
  ""
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/td3
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/sac)
mutant(22 "steps in imagination alone end at once or never"
  learning/world-model-ppo.cc
  "> m_settings.imaginationDivergence"
  "< m_settings.imaginationDivergence"
  Learners/LearnsToLookAhead.NearlyToTheOptimum/Factored)
mutant(23 "the part of squashing in the entropy grows"
  learning/world-model-ppo.cc
  "1 / GetSlowdown(m_actorAdam.GetSteps(), m_settings.squashHalvingSteps)"
  "GetSlowdown(m_actorAdam.GetSteps(), m_settings.squashHalvingSteps)"
  LearnsBandit.ToTheEdgeWhenSquashingFadesFromTheEntropy)
mutant(24 "doubts raise the weight of an imagined return"
  learning/imagination.cc
  "1 / (1 + doubt / slots)"
  "(1 + doubt / slots)"
  Discounts/ImaginationOf.FollowsTheGradientOfTheReturn/1)
