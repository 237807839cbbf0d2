# Faults that the tests have to find: -DLLM_MEC_MUTANT=N builds the agents with the Nth one, and
# contrib/agents/test/kill-mutants goes through all of them.
#
#   mutant(N WHAT FILE FROM TO TESTS...)
#
# In FILE, relative to contrib/agents, FROM becomes TO; FROM has to be there once. Each of TESTS, filters of
# GoogleTest, has to name a test that fails then. FILE itself stays as it is: a copy in the build
# folder is compiled instead.
set(LLM_MEC_MUTANT "" CACHE STRING "Number of a fault to build the agents with, to test the tests")
mark_as_advanced(LLM_MEC_MUTANT)

function(mutant number what file from to)
  if(NOT "${LLM_MEC_MUTANT}" STREQUAL "${number}")
    return()
  endif()
  get_filename_component(original ${CMAKE_CURRENT_LIST_DIR}/../${file} ABSOLUTE)
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
  foreach(target agents-learning agents-without-torch llm-mec-base)
    get_target_property(sources ${target} SOURCES)
    list(LENGTH sources before)
    list(REMOVE_ITEM sources ${file} ${original} ${name})
    list(LENGTH sources after)
    if(after LESS before)
      set_target_properties(${target} PROPERTIES SOURCES "${sources};${copy}")
      set_source_files_properties(
        ${copy} TARGET_DIRECTORY ${target} PROPERTIES INCLUDE_DIRECTORIES ${folder}
                                                      COMPILE_OPTIONS -Wno-error
      )
    endif()
  endforeach()
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
  "values.push_back(needsNext ? m_settings.gamma * at::ones_like(continues) *"
  Models/MixedTarget.IsEquation36/0
  Models/MixedTarget.IsEquation36/3)
mutant(9 "the skill goes on after the end"
  learning/model-trust.cc
  "targets = targets + m_settings.gamma * continues *"
  "targets = targets + m_settings.gamma * at::ones_like(continues) *"
  WorldModelPpo.TrustKnowsThatNothingComesAfterTheEnd)
mutant(10 "both advantages have the same other actions"
  learning/model-trust.cc
  "const at::Tensor seen = truth - predictOthers();"
  "const at::Tensor seen = truth - ofOthers;"
  WorldModelPpo.SkillOfAModelThatWasNeverTaughtIsNone)
mutant(11 "the skill is sure of everything"
  learning/action-skill.cc
  "return (mean > 1 ? 1 / mean : mean) - GetStd();"
  "return mean;"
  ActionSkill.IsSureOnlyOfWhatIsRightInSizeAndBeyondChance
  Discounts/TrustIn.NothingThatIsLearnedFromPermutedActions/2)
mutant(12 "the rest of an epoch is not learned from"
  learning/on-policy-learner.cc
  "for (int64_t from = 0; from < n; from += m_settings.minibatch)"
  "for (int64_t from = 0; from + m_settings.minibatch <= n; from += m_settings.minibatch)"
  Ppo.LearnsByItsEquations
  Ppo.TakesTwentyStepsWithThePapersNumbers)
mutant(13 "minibatches are twice as large"
  learning/on-policy-learner.cc
  "std::min(n, from + m_settings.minibatch)"
  "std::min(n, from + 2 * m_settings.minibatch)"
  Ppo.LearnsByItsEquations)
mutant(14 "the critic has the actor's learning rate"
  learning/on-policy-learner.cc
  "settings.criticLearningRate > 0 ?"
  "settings.criticLearningRate < 0 ?"
  Ppo.LearnsByItsEquations)
mutant(15 "permuted actions keep their places"
  learning/world-model-ppo.cc
  "order[sequence[i]] = sequence[(i + 1) % n];"
  "order[sequence[i]] = sequence[i];"
  WorldModelSkill.WithPermutedActionsIsTheShareOfTheFeatures
  Discounts/TrustIn.NothingThatIsLearnedFromPermutedActions/0)
mutant(16 "sequences begin before their first step"
  learning/sequence-sampler.cc
  "uint64_t step = first + m_random.Choose(kept);"
  "uint64_t step = m_experience.GetOldest() + m_random.Choose(kept);"
  SequenceSampler.BeginAtTheFirstStepOrLater)
mutant(17 "sequences have steps without a reward"
  learning/sequence-sampler.cc
  "m_experience.IsClosed(step) && m_experience.GetEnd(step)"
  "m_experience.GetEnd(step)"
  SequenceSampler.HaveOnlyStepsWhoseRewardIsKnown)
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
  learning/on-policy-learner.cc
  "    m_normaliser.RenewRewards();\n"
  ""
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/ppo
  Learners/RewardUnits.AreOfNoConsequenceFromTheFirstEpisodeOn/worldmodelppo)
mutant(21 "the first episode learns from rewards as they are (replay)"
  learning/replay-learner.cc
  "    m_normaliser.RenewRewards();\n"
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

# One plausible fault in each of the other files.
mutant(25 "Adam without the correction of the second moment"
  learning/adam.cc
  "static_cast<float>(1 / std::sqrt(second))"
  "1.0f"
  Adam.StepsAsPublished)
mutant(26 "the rate falls with the square of the steps"
  learning/adam.cc
  "1 + static_cast<double>(steps) / static_cast<double>(halvingSteps)"
  "1 + static_cast<double>(steps * steps) / static_cast<double>(halvingSteps)"
  Adam.StepsAsPublished)
mutant(27 "the ratio is clipped on one side only"
  learning/clipped-surrogate.cc
  "std::max(1 - static_cast<float>(clip), ratio)"
  "ratio"
  ClippedSurrogate.GivesAndDifferentiatesAsItsEquations
  Ppo.LearnsByItsEquations)
mutant(28 "the entropy is punished"
  learning/clipped-surrogate.cc
  "loss -= weight * (each.logStd"
  "loss += weight * (each.logStd"
  ClippedSurrogate.GivesAndDifferentiatesAsItsEquations)
mutant(29 "the update gate keeps what it should renew"
  learning/gru.cc
  "n + update * (before[units * row + u] - n)"
  "before[units * row + u] + update * (n - before[units * row + u])"
  Gru.StepsAsPublished)
mutant(30 "the chain rule of a cell forgets the reset gate"
  learning/gru.cc
  "m[2 * units + u] = byFresh * r[u];"
  "m[2 * units + u] = byFresh;"
  Gru.DifferentiatesAsItIsDefined)
mutant(31 "the larger of two critics"
  learning/td3.cc
  "values = values.amin(0);"
  "values = values.amax(0);"
  Td3.LearnsByItsEquations)
mutant(32 "the noise of target actions has no limit"
  learning/td3.cc
  "noise.clamp(-limit, limit)"
  "noise"
  Td3.LearnsByItsEquations)
mutant(33 "DDPG's actor goes down"
  learning/td3.cc
  "const at::Tensor loss = -m_critics.ForwardOne"
  "const at::Tensor loss = m_critics.ForwardOne"
  Td3.LearnsByItsEquations
  Ddpg.LearnsByItsEquations)
mutant(34 "the temperature moves the wrong way"
  learning/sac.cc
  "(entropy - m_targetEntropy)"
  "(m_targetEntropy - entropy)"
  Sac.LearnsByItsEquations)
mutant(35 "SAC's density is that before squashing"
  learning/sac.cc
  "distribution.LogDensity(u) - SquashedGaussian::LogJacobian(u)}"
  "distribution.LogDensity(u)}"
  Sac.LearnsByItsEquations)
mutant(36 "a replay learner sees a value after the end"
  learning/replay-learner.cc
  "hasNext ? static_cast<float>(m_settings.gamma) : 0.0f"
  "static_cast<float>(m_settings.gamma)"
  Td3.LearnsByItsEquations)
mutant(37 "critics see actions as they are"
  learning/replay-learner.cc
  "ScaleActions(actions, m_settings.actionScale)"
  "ScaleActions(actions, 1)"
  Td3.LearnsByItsEquations)
mutant(38 "gradient steps of fractions are lost"
  learning/replay-learner.cc
  "m_due += static_cast<double>(slots)"
  "m_due = static_cast<double>(slots)"
  ReplayLearner.TakesTheStepsThatAreDue)
mutant(39 "the model is told rewards one slot late"
  learning/rssm.cc
  "m_reward.Forward(all.narrow(0, batch, slots * batch))"
  "m_reward.Forward(all.narrow(0, 0, slots * batch))"
  Rssm.LossIsEquation35)
mutant(40 "the KL is that of the posterior from the prior"
  learning/rssm.cc
  "(0.5 * (ratio * ratio + shift * shift - 1) - at::log(ratio))"
  "(0.5 * (1 / (ratio * ratio) + shift * shift - 1) + at::log(ratio))"
  Rssm.LossIsEquation35)
mutant(41 "imagination draws from no distribution"
  learning/rssm.cc
  "step.next.memory[1] = Draw(prior);"
  "step.next.memory[1] = prior.mean;"
  Rssm.ImaginesByItsEquations)
mutant(42 "endogenous features are predicted as they are, and learned as changes"
  learning/factored-model.cc
  "next.push_back(state.observation.narrow(1, 0, m_endogenousFeatures) +"
  "next.push_back(0 * state.observation.narrow(1, 0, m_endogenousFeatures) +"
  FactoredModel.ImaginesByItsDefinition)
mutant(43 "exogenous features are drawn without their deviation"
  learning/factored-model.cc
  "predicted.mean + at::exp(predicted.logStd) * normal"
  "predicted.mean + predicted.logStd * normal"
  FactoredModel.ImaginesByItsDefinition)
mutant(44 "heads of the reward learn from all rows"
  learning/factored-model.cc
  "random.Uniform() < KEPT_SHARE"
  "random.Uniform() < 2"
  FactoredModel.LearnsByTheGradientOfItsLoss)
mutant(45 "a model that is wrong by a constant counts as sure"
  learning/factored-model.cc
  "(rewards - guess).pow(2).mean().sqrt().item<double>()"
  "(rewards - guess).std().item<double>()"
  FactoredModel.UncertaintyIsInUnitsOfTheRootMeanSquareError)
mutant(46 "advantages go on beyond a step without a reward"
  learning/on-policy-learner.cc
  "if (next >= 0 && rollout.isUsed[next])"
  "if (next >= 0)"
  Ppo.AdvantagesAreTheTextbookSumInEachStream)
mutant(47 "targets network follows at once"
  learning/network.cc
  "m_parameters[i].lerp_(other.m_parameters[i], rate);"
  "m_parameters[i].lerp_(other.m_parameters[i], 1);"
  Network.MovesByItsRate
  Td3.LearnsByItsEquations)
mutant(48 "the slope of a rectifier passes everywhere"
  learning/layer-loops.cc
  "results[i] > 0 ? slope[i] : 0"
  "slope[i]"
  Network.GivesAndDifferentiatesAsItsDefinition)
mutant(49 "normalised observations are divided by the variance"
  learning/experience-normaliser.cc
  ".cwiseProduct(m_scale.transpose())"
  ".cwiseProduct(m_scale.transpose()).cwiseProduct(m_scale.transpose())"
  Ppo.LearnsWithTheInputsThatItActsWith)
mutant(50 "the oldest step is the one after it"
  experience.cc
  "return m_count > m_capacity ? m_count - m_capacity : 0;"
  "return m_count > m_capacity ? m_count - m_capacity + 1 : 0;"
  Experience.WhateverHappensItHoldsTheNewest
  SequenceSampler.AreOfWhatIsKept)
mutant(51 "the second number of a normal pair is forgotten in checkpoints"
  ../base/random-stream.cc
  "m_hasSpare << ' '"
  "false << ' '"
  RandomStream.GoesOnWhereItWasSaved)
mutant(52 "a policy looks beyond its limit"
  policy-network.cc
  ".cwiseMax(-m_limit).cwiseMin(m_limit)"
  ""
  PolicyNetwork.ActsAsItsDefinitionInDoublePrecision)
